using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>Feature flags in Consul's key-value folder and in files, and the time until a change is in force.</summary>
internal sealed class FeatureFlagTests
{
    private const int Rounds = 9;

    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_flag_in_Consul_is_used_and_an_invalid_one_or_a_removal_that_breaks_a_policy_keeps_the_last_good()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/feature-flag/dark", """{"id":"dark","enabled":true}""");
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", "flags: [ { flag: dark, tier: gateway } ]");
        await mesh.HoldsAsync(
            live => live.Current.FeatureFlags.TryGetValue("dark", out var flag) && flag.Enabled && live.Errors.IsEmpty, "the flag is used");

        _ = await agent.PutAsync("/v1/kv/gatewaymesh/feature-flag/dark", "enabled: maybe");
        await mesh.HoldsAsync(
            live => live.Errors.Any(error => error.ToString().StartsWith("consul:kv/gatewaymesh/feature-flag/dark:1:", StringComparison.Ordinal)),
            "the invalid flag is reported");
        Assert.That(mesh.Live.Current.FeatureFlags["dark"].Enabled, Is.True);

        _ = await agent.DeleteAsync("/v1/kv/gatewaymesh/feature-flag/dark");
        await mesh.HoldsAsync(
            live => live.Errors.Any(error => error.Message.Contains("feature-flag dark is not declared", StringComparison.Ordinal)),
            "the policy's flag is missing");
        Assert.That(mesh.Live.Current.FeatureFlags["dark"].Enabled, Is.True, "as long as a policy uses it");
        _ = await agent.DeleteAsync("/v1/kv/gatewaymesh/service-policy/web");
        await mesh.HoldsAsync(live => live.Errors.IsEmpty && live.Current.FeatureFlags.Count == 0, "the flag is gone");
    }

    [Test]
    public async Task A_change_in_Consul_is_in_force_within_a_second()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        await AssertInForceAsync(
            mesh.Live, on => agent.PutAsync("/v1/kv/gatewaymesh/feature-flag/dark", $"enabled: {(on ? "true" : "false")}"));
    }

    [Test]
    public async Task A_change_in_a_folder_is_in_force_within_a_second()
    {
        using var folder = new TemporaryFolder();
        await using var files = new FileRegistry(folder.Path, TimeProvider.System);
        await using var live = new LiveConfiguration(files, null, TimeProvider.System);
        live.Start();
        await AssertInForceAsync(
            live,
            on =>
            {
                folder.Write("dark.new", $"kind: feature-flag\nname: dark\nenabled: {(on ? "true" : "false")}\n");
                File.Move(folder["dark.new"], folder["dark.yaml"], overwrite: true);
                return Task.CompletedTask;
            });
    }

    // From before the write until the data plane gets the snapshot. The median, because a busy machine may stop the test for a second.
    private static async Task AssertInForceAsync(LiveConfiguration live, Func<bool, Task> write)
    {
        var times = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var on = round % 2 == 0;
            var used = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            live.Changed += Take;
            var began = TimeProvider.System.GetTimestamp();
            await write(on);
            times.Add(TimeProvider.System.GetElapsedTime(began, await used.Task.WaitAsync(Patience)));
            live.Changed -= Take;

            void Take(MeshSnapshot snapshot) =>
                _ = snapshot.FeatureFlags.TryGetValue("dark", out var flag)
                    && flag.Enabled == on
                    && used.TrySetResult(TimeProvider.System.GetTimestamp());
        }

        times.Sort();
        await TestContext.Out.WriteLineAsync($"median {times[Rounds / 2].TotalMilliseconds:0} ms, longest {times[^1].TotalMilliseconds:0} ms");
        Assert.That(times[Rounds / 2], Is.LessThan(Promised));
    }
}
