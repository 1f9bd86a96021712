/** JUnit Jupiter over an embedded cluster: {@link io.syncline.junit.SynclineTest}. */
package io.syncline.junit;
