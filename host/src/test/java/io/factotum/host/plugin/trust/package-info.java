@NullMarked
package io.factotum.host.plugin.trust;

import org.jspecify.annotations.NullMarked;
