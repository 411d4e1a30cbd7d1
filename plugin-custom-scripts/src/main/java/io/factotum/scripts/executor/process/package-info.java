/** Runs each script as a process of this machine, with nothing that isolates it: to try things out without an engine. */
@NullMarked
package io.factotum.scripts.executor.process;

import org.jspecify.annotations.NullMarked;
