/** Measures what loading a plugin costs, side by side with PF4J. */
@NullMarked
package io.factotum.bench.plugins;

import org.jspecify.annotations.NullMarked;
