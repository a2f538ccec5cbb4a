// SPDX-License-Identifier: Apache-2.0
/** Update rules, learning rates and clipping, all on flat vectors. */
package dev.unspool.optimizer;
