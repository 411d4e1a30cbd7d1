/** Where a script runs: one interface, one contract suite, an implementation for each technology. */
@NullMarked
package io.factotum.scripts.executor;

import org.jspecify.annotations.NullMarked;
