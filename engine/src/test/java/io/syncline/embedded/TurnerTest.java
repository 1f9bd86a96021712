package io.syncline.embedded;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class TurnerTest
{
    private final List<String> turned = new ArrayList<>();

    @Test
    void shouldPassARecordFromBrokerToBrokerWithinATurn()
    {
        final Turner turner = new Turner("data");
        turner.add(agents("leader 1", "follower 1", "acks 1"));
        final List<AgentInvoker> second = agents("leader 2", "follower 2", "acks 2");
        turner.add(second);
        turner.doWork();
        assertThat(turned).containsExactly("leader 1", "leader 2", "follower 1", "follower 2", "acks 1", "acks 2");

        turned.clear();
        turner.remove(second);
        turner.doWork();
        assertThat(turned).containsExactly("leader 1", "follower 1", "acks 1");
    }

    @Test
    void shouldTurnADriverOnThePathOfARecordUntilItHasNoWork()
    {
        final Turner turner = new Turner("data", agents("driver").get(0), true, 4);
        turner.doWork();
        assertThat(turned).containsExactly("driver", "driver", "driver");
    }

    @Test
    void shouldTurnADriverBesideThePathOnceInFourTurns()
    {
        final Turner turner = new Turner("data", agents("driver").get(0), false, 4);
        for (int i = 0; i < 8; i++)
        {
            turner.doWork();
        }
        assertThat(turned).containsExactly("driver", "driver");
    }

    @Test
    void shouldTurnWhatNoRecordWaitsForRarelyWhileThereAreRecords()
    {
        final Turner turner = new Turner("data", agents("driver").get(0), false, 2);
        turner.add(agents("leader", "follower", "streams"));
        for (int i = 0; i < 7; i++)
        {
            turner.doWork();
        }
        assertThat(turned).hasSize(14).containsOnly("leader", "follower");
        turned.clear();

        turner.doWork();

        assertThat(turned).containsExactly("leader", "follower", "driver", "streams");
    }

    private List<AgentInvoker> agents(final String... names)
    {
        return Stream.of(names).map(this::agent).toList();
    }

    private AgentInvoker agent(final String name)
    {
        final AgentInvoker invoker = new AgentInvoker(Throwable::printStackTrace, null, new Agent()
        {
            @Override
            public int doWork()
            {
                turned.add(name);
                return 1;
            }

            @Override
            public String roleName()
            {
                return name;
            }
        });
        invoker.start();
        return invoker;
    }
}
