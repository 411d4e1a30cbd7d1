/** Offerings: making and changing them, over HTTP and from the files of {@code conf/offerings}. */
@NullMarked
package io.factotum.host.offering;

import org.jspecify.annotations.NullMarked;
