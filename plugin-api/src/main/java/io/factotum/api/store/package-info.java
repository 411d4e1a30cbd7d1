/** What a plugin may keep in and read from the host's database. */
@NullMarked
package io.factotum.api.store;

import org.jspecify.annotations.NullMarked;
