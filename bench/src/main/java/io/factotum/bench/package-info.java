/** Measures what an order costs above what the container engine takes for its container. */
@NullMarked
package io.factotum.bench;

import org.jspecify.annotations.NullMarked;
