/** The custom-scripts plugin: answers a lifecycle event by running the offering's own script. */
@NullMarked
package io.factotum.scripts;

import org.jspecify.annotations.NullMarked;
