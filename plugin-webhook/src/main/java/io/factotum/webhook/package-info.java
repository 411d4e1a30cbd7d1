/** Serves offerings of type {@code webhook}: an HTTP endpoint of the offering is called at each lifecycle event. */
@NullMarked
package io.factotum.webhook;

import org.jspecify.annotations.NullMarked;
