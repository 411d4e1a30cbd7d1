/** The whole host with the custom-scripts plugin, as a process of its own, driven over HTTP and disturbed from outside. */
@NullMarked
package io.factotum.host.endtoend;

import org.jspecify.annotations.NullMarked;
