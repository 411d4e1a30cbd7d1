/** What is said of the types of this API. */
@NullMarked
package io.factotum.api.annotation;

import org.jspecify.annotations.NullMarked;
