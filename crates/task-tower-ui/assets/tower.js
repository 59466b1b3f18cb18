// What pages do beyond links and forms. Each part looks for what it needs, and does nothing without.

import "./live.js";
