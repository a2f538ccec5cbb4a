// SPDX-License-Identifier: Apache-2.0
/** Recurrent steps of one's own, as equations. */
package cells;
