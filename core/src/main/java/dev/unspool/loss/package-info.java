// SPDX-License-Identifier: Apache-2.0
/** Numbers to be made small: functions of outputs and targets, with their derivatives. */
package dev.unspool.loss;
