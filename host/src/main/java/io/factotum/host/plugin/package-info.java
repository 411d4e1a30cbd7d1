/** The plugins: found as jars, checked, each loaded behind its own class loader, started, and stopped. */
@NullMarked
package io.factotum.host.plugin;

import org.jspecify.annotations.NullMarked;
