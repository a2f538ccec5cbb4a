// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Of a record's component that files of earlier versions do not have. It is then 0, false or null,
 * and the record's constructor says what that means.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface SaidLater {}
