/** HTTP routes of a plugin's own, in plain values. */
@NullMarked
package io.factotum.api.admin;

import org.jspecify.annotations.NullMarked;
