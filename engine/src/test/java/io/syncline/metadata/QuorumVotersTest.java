package io.syncline.metadata;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@code controller.quorum.voters} as people write it. */
@Timeout(10)
class QuorumVotersTest
{
    @Test
    void shouldDeriveEveryPortFromTheMembersOwn()
    {
        final QuorumVoters voters = QuorumVoters.parse("101@a:19200, 102@b:19200,103@[::1]:300");
        assertThat(voters.ingressEndpoints()).isEqualTo("101=a:19200,102=b:19200,103=[::1]:300");
        assertThat(voters.clusterMembers()).isEqualTo(
            "101,a:19200,a:19201,a:19202,a:19203,a:19204|102,b:19200,b:19201,b:19202,b:19203,b:19204|" +
            "103,[::1]:300,[::1]:301,[::1]:302,[::1]:303,[::1]:304");
        assertThat(voters.voter(102).consensus()).isEqualTo("b:19201");
        assertThat(voters.voter(102).catchup()).isEqualTo("b:19203");
        assertThat(voters.voter(102).archive()).isEqualTo("b:19204");
        assertThat(voters.voter(1)).isNull();
        assertThat(QuorumVoters.parse(voters.toString()).clusterMembers()).isEqualTo(voters.clusterMembers());
    }

    @Test
    void shouldNameTheMemberThatIsWrong()
    {
        for (final String text : new String[]{
            "a:1", "1@a", "@a:1", "1@:1", "1@a:", "x@a:1", "-1@a:1", "1@a:0", "1@a:65533", "1@a:1,", "1@a:1,1@b:1",
            "1@a:100,2@a:104", "1@a:99999" })
        {
            assertThatThrownBy(() -> QuorumVoters.parse(text)).as(text)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("controller.quorum.voters=" + text + " ");
        }
    }
}
