using GatewayMesh.Client.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Tests.Settings;

/// <summary>Options from a configuration section.</summary>
public sealed class OptionsBinderTests
{
    [Test]
    public void Every_option_has_a_key_and_every_key_an_option() =>
        Assert.That(OptionsBinder.Names, Is.EquivalentTo(typeof(GatewayMeshOptions).GetProperties().Select(property => property.Name)));

    [Test]
    public void Every_key_is_read()
    {
        var options = new GatewayMeshOptions();
        OptionsBinder.Bind(Section(new()
        {
            ["outbound"] = "127.0.0.1:15001",
            ["Service"] = "web",
            ["Gateways:0"] = "10.0.0.1:1",
            ["Gateways:1"] = "10.0.0.2:2",
            ["RunDirectory"] = "/run/mesh",
            ["Node"] = "host-a",
            ["ConnectTimeout"] = "101ms",
            ["TunnelTimeout"] = "1.5s",
            ["AnswerWait"] = "2m",
            ["ProbeTimeout"] = "1h",
            ["ProbeFailures"] = "3",
            ["MaxAttempts"] = "4",
            ["ReplayBufferSize"] = "5",
            ["ReplayWithIdempotencyKey"] = "true",
            ["CreateIdempotencyKeys"] = "true",
            ["BreakerFailures"] = "6",
            ["ProbeInterval"] = "00:00:07",
            ["FailbackAfter"] = "8s",
            ["IdleTimeout"] = "9s",
        }), options, "");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (options.Outbound, options.Service, options.RunDirectory, options.Node),
                Is.EqualTo(("127.0.0.1:15001", "web", "/run/mesh", "host-a")));
            Assert.That(options.Gateways, Is.EqualTo(["10.0.0.1:1", "10.0.0.2:2"]));
            Assert.That(
                (
                    options.ConnectTimeout,
                    options.TunnelTimeout,
                    options.AnswerWait,
                    options.ProbeTimeout,
                    options.ProbeInterval,
                    options.FailbackAfter,
                    options.IdleTimeout),
                Is.EqualTo(
                    (
                        TimeSpan.FromMilliseconds(101),
                        TimeSpan.FromSeconds(1.5),
                        TimeSpan.FromMinutes(2),
                        TimeSpan.FromHours(1),
                        TimeSpan.FromSeconds(7),
                        TimeSpan.FromSeconds(8),
                        TimeSpan.FromSeconds(9))));
            Assert.That(
                (
                    options.ProbeFailures,
                    options.MaxAttempts,
                    options.ReplayBufferSize,
                    options.ReplayWithIdempotencyKey,
                    options.CreateIdempotencyKeys,
                    options.BreakerFailures),
                Is.EqualTo((3, 4, 5, true, true, 6)));
        }
    }

    [Test]
    public void Unknown_keys_and_invalid_values_are_all_reported_together()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => OptionsBinder.Bind(
            Section(
                new() { ["Outbond"] = "x", ["MaxAttempts"] = "many", ["AnswerWait"] = "250", ["ReplayWithIdempotencyKey"] = "perhaps" }),
            new GatewayMeshOptions(),
            ""));

        Assert.That(failure!.Failures, Has.Exactly(4).Items);
        Assert.That(failure.Message,
            Does.Contain("Mesh:Outbond: unknown option").And.Contain("Mesh:AnswerWait: '250' is not a valid value"),
            "a bare number has no unit");
    }

    private static IConfiguration Section(Dictionary<string, string?> values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create("Mesh:" + pair.Key, pair.Value)))
            .Build()
            .GetSection("Mesh");
}
