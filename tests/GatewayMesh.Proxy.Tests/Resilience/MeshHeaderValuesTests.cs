using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Tests.Resilience;

public sealed class MeshHeaderValuesTests
{
    [Test]
    public void A_request_without_the_fields_is_the_first_attempt_at_no_hop()
    {
        Assert.That(MeshHeaderValues.TryRead(new FieldTable(), out var values), Is.True);
        Assert.That(values, Is.EqualTo(MeshHeaderValues.None));
    }

    [Test]
    public void The_fields_are_read()
    {
        var headers = Fields(
            (MeshHeaders.Attempt, "2"),
            (MeshHeaders.Hops, "3"),
            (MeshHeaders.TimeoutMs, "1500"),
            (MeshHeaders.Source, "web"),
            (MeshHeaders.Destination, "payments"));
        Assert.That(MeshHeaderValues.TryRead(headers, out var values), Is.True);
        Assert.That(values, Is.EqualTo(new MeshHeaderValues(2, 3, TimeSpan.FromMilliseconds(1500), "web", "payments")));
    }

    [TestCase(MeshHeaders.Attempt, "0")]
    [TestCase(MeshHeaders.Attempt, "")]
    [TestCase(MeshHeaders.Attempt, "+1")]
    [TestCase(MeshHeaders.Attempt, " 1")]
    [TestCase(MeshHeaders.Attempt, "1,2")]
    [TestCase(MeshHeaders.Attempt, "100")]
    [TestCase(MeshHeaders.Hops, "-1")]
    [TestCase(MeshHeaders.Hops, "99999999999999999999")]
    [TestCase(MeshHeaders.TimeoutMs, "1.5")]
    [TestCase(MeshHeaders.TimeoutMs, "86400001")]
    [TestCase(MeshHeaders.Source, "")]
    [TestCase(MeshHeaders.Source, "web\r\nx: y")]
    [TestCase(MeshHeaders.Destination, "pay ments")]
    [TestCase(MeshHeaders.Destination, "päyments")]
    public void A_malformed_or_unbounded_value_is_rejected(string name, string value) =>
        Assert.That(MeshHeaderValues.TryRead(Fields((name, value)), out _), Is.False);

    [Test]
    public void A_repeated_field_is_rejected() =>
        Assert.That(MeshHeaderValues.TryRead(Fields((MeshHeaders.Hops, "1"), (MeshHeaders.Hops, "1")), out _), Is.False);

    [TestCase("Gatewaymesh-Anything", true)]
    [TestCase("gatewaymesh", false)]
    public void Every_name_with_the_prefix_belongs_to_the_mesh(string name, bool expected) =>
        Assert.That(MeshHeaders.IsMeshHeader(name), Is.EqualTo(expected));

    private static FieldTable Fields(params (string Name, string Value)[] lines)
    {
        var fields = new FieldTable();
        foreach (var (name, value) in lines)
        {
            fields.Add(name, value);
        }

        return fields;
    }
}
