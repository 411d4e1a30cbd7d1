/** The HTTP API: its routes, the OpenAPI file they are built from, the token, and problem documents. */
@NullMarked
package io.factotum.host.http;

import org.jspecify.annotations.NullMarked;
