// SPDX-License-Identifier: Apache-2.0
/** Trained models of tables: what commands ask of them, whatever they are and whoever made them. */
@NullMarked
package dev.unspool.cli.model;

import org.jspecify.annotations.NullMarked;
