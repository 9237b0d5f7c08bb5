using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Tests.Telemetry;

public sealed class BoundedRingTests
{
    [Test]
    public void A_ring_is_a_queue_that_refuses_when_full() =>
        Prop.ForAll<List<bool>>(steps =>
        {
            var ring = new BoundedRing<int>(4);
            var model = new Queue<int>();
            var next = 0;
            foreach (var isAdd in steps)
            {
                if (isAdd)
                {
                    var fits = model.Count < 4;
                    if (ring.TryAdd(++next) != fits)
                    {
                        return false;
                    }

                    if (fits)
                    {
                        model.Enqueue(next);
                    }
                }
                else if (ring.TryTake(out var taken) != model.TryDequeue(out var expected) || taken != expected)
                {
                    return false;
                }
            }

            return ring.Count == model.Count;
        }).QuickCheckThrowOnFailure();
}
