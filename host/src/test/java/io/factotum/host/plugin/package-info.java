/** Plugins as the host meets them: real jars, compiled and packed by the tests. */
@NullMarked
package io.factotum.host.plugin;

import org.jspecify.annotations.NullMarked;
