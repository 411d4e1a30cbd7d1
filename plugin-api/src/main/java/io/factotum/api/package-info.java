/** What the host and a plugin say to each other: the plugin's entry point and what the host lends it. */
@NullMarked
package io.factotum.api;

import org.jspecify.annotations.NullMarked;
