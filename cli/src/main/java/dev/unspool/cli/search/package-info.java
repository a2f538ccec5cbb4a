// SPDX-License-Identifier: Apache-2.0
/**
 * Several trainings beside each other: of one configuration with several seeds, of several to find
 * a good one.
 */
@NullMarked
package dev.unspool.cli.search;

import org.jspecify.annotations.NullMarked;
