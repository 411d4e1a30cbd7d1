/** The example offerings and their walk-through, checked by running them as plain processes. */
@NullMarked
package io.factotum.host.examples;

import org.jspecify.annotations.NullMarked;
