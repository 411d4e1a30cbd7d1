/** Tests of the webhook plugin. */
@NullMarked
package io.factotum.webhook;

import org.jspecify.annotations.NullMarked;
