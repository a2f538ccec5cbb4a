// SPDX-License-Identifier: Apache-2.0
/** How fast Unspool is, beside what the machine could do at most. */
@NullMarked
package dev.unspool.bench;

import org.jspecify.annotations.NullMarked;
