// SPDX-License-Identifier: Apache-2.0
/** Real-time recurrent learning: gradients that are carried forwards, where that is cheap. */
package dev.unspool.rtrl;
