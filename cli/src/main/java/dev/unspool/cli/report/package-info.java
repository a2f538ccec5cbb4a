// SPDX-License-Identifier: Apache-2.0
/** What a run says while it goes on, and what it leaves behind: progress, metrics, charts. */
@NullMarked
package dev.unspool.cli.report;

import org.jspecify.annotations.NullMarked;
