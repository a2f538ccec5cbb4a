// SPDX-License-Identifier: Apache-2.0
/** A trained model behind HTTP, with nothing but the JDK and {@code unspool-predict}: Java 17. */
package service;
