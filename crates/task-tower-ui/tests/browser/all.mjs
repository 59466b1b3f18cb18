// Every topic, in one process with one browser: `node --test all.mjs`. A topic alone: `node --test zoom.mjs`.

import "./palette.mjs";
import "./reachable.mjs";
import "./accessibility.mjs";
import "./policies.mjs";
import "./scriptless.mjs";
import "./mounting.mjs";
import "./weight.mjs";
import "./live.mjs";
import "./view.mjs";
import "./announcer.mjs";
import "./keys.mjs";
import "./select.mjs";
import "./tail.mjs";
import "./tick.mjs";
import "./chart.mjs";
import "./zone.mjs";
import "./pseudo.mjs";
import "./toast.mjs";
import "./copy.mjs";
import "./errors.mjs";
import "./ticking.mjs";
import "./suggest.mjs";
import "./hostile.mjs";
import "./zoom.mjs";
import "./large.mjs";
import "./budgets.mjs";
