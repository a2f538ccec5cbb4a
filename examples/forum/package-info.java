// SPDX-License-Identifier: Apache-2.0
/**
 * One program for each question that was asked in the forum's thread on truncated backpropagation.
 */
package forum;
