// SPDX-License-Identifier: Apache-2.0
/**
 * A Unix filter that learns: records of a stream go in, a line of JSON for each of them comes out,
 * and snapshots lie beside, from which it goes on.
 */
@NullMarked
package dev.unspool.cli.online;

import org.jspecify.annotations.NullMarked;
