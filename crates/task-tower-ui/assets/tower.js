// What pages do beyond links and forms. Each part looks for what it needs, and does nothing without.

import "./live.js";
import "./keys.js";
import "./select.js";
import "./suggest.js";
import "./chart.js";
import "./brush.js";
import "./tick.js";
import "./toast.js";
import "./tail.js";
import "./copy.js";
import "./explain.js";
