using GatewayMesh.Proxy.Faults;

namespace GatewayMesh.Proxy.Tests.Faults;

public sealed class BodyPaceTests
{
    [TestCase(16, 100)]
    [TestCase(1024, 7)]
    [TestCase(1L << 30, 16 * 1024)]
    public void The_waits_add_up_to_the_rate(long rate, int part)
    {
        var pace = new BodyPace(rate);
        var waited = TimeSpan.Zero;
        var bytes = 0L;
        while (waited < TimeSpan.FromSeconds(10))
        {
            waited += pace.Add(part);
            bytes += part;
        }

        Assert.That(bytes / waited.TotalSeconds, Is.EqualTo(rate).Within(1).Percent);
    }

    [Test]
    public void No_pace_is_off() => Assert.That(default(BodyPace).IsOn, Is.False);
}
