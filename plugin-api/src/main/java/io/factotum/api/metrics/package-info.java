/** What a plugin counts and measures. */
@NullMarked
package io.factotum.api.metrics;

import org.jspecify.annotations.NullMarked;
