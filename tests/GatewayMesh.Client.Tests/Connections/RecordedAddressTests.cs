using System.Net;
using GatewayMesh.Client.Connections;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Tests.Connections;

public sealed class RecordedAddressTests
{
    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("169.254.169.254")]
    [TestCase("fe80::1")]
    [TestCase("0.0.0.0")]
    [TestCase("::")]
    [TestCase("224.0.0.1")]
    [TestCase("ff02::1")]
    public async Task A_listed_gateway_whose_name_resolves_to_a_special_address_is_not_dialed(string address)
    {
        var refusal = await Assert.ThrowsAsync<DialException>(async () => await Resolved("gateway.example", address));
        Assert.That(refusal!.Message, Does.Contain("gateway.example:15443").And.Contain(IPAddress.Parse(address).ToString()));
    }

    [Test]
    public async Task Only_the_allowed_addresses_of_a_name_are_dialed() =>
        Assert.That(
            await Resolved("gateway.example", "127.0.0.1", "10.0.0.9", "fe80::1"), Is.EqualTo(new[] { IPAddress.Parse("10.0.0.9") }));

    [TestCase("127.0.0.1")]
    [TestCase("10.0.0.9")]
    [TestCase("localhost")]
    public async Task IP_addresses_and_localhost_from_the_list_are_dialed_unchanged(string host) =>
        Assert.That(
            await Resolved(host, "127.0.0.1"), Is.EqualTo(new[] { host == "10.0.0.9" ? IPAddress.Parse(host) : IPAddress.Loopback }));

    private static async Task<IPAddress[]> Resolved(string host, params string[] addresses) =>
        await RecordedAddress.OfAsync(
            new TargetAddress(host, 15443), (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]), default);
}
