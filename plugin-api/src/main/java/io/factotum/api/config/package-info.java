/** Typed, all-errors-at-once reading of configuration. */
@NullMarked
package io.factotum.api.config;

import org.jspecify.annotations.NullMarked;
