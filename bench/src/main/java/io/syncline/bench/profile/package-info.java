/** Which code the time of a run was spent in: of the whole run, and of the slow records alone. */
package io.syncline.bench.profile;
