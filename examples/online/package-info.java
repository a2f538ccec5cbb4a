// SPDX-License-Identifier: Apache-2.0
/** Learning from streams that do not end. */
package online;
