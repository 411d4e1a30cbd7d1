/** Tests of reading the operator's files. */
@NullMarked
package io.factotum.host.config;

import org.jspecify.annotations.NullMarked;
