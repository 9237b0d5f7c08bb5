using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>The scenarios under topology/, run by their scripts with short phases.</summary>
public sealed class ScenarioTests
{
    [Test]
    public async Task Canary_gets_its_share_and_fails_no_request()
    {
        var phases = await RunAsync("canary", 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases.Select(phase => phase["failed"]), Is.All.EqualTo("0 (0.0 %)"));

            // 400 samples each: five standard deviations of the binomial distribution.
            Assert.That(Share(phases[0], "v2"), Is.InRange(0, 3.5));
            Assert.That(Share(phases[1], "v2"), Is.InRange(2.5, 17.5));
            Assert.That(Share(phases[2], "v2"), Is.InRange(37.5, 62.5));
            Assert.That(Share(phases[3], "v2"), Is.EqualTo(100));
        }
    }

    [Test]
    public async Task Blue_green_switch_and_switch_back_fail_no_request()
    {
        var phases = await RunAsync("blue-green", 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases.Select(phase => phase["failed"]), Is.All.EqualTo("0 (0.0 %)"));
            Assert.That(phases.Select(phase => phase["green"]), Is.EqualTo(["0.0 %", "100.0 %", "0.0 %"]));
        }
    }

    [Test]
    public async Task Retries_hide_a_flaky_instance()
    {
        var phases = await RunAsync("flaky", 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Failures(phases[0]), Is.GreaterThan(20), "half of a third of 300");
            Assert.That(Failures(phases[1]), Is.LessThan(Failures(phases[0]) / 4));
        }
    }

    [Test]
    public async Task Faults_hit_their_share_of_the_callers_and_nobody_else()
    {
        var phases = await RunAsync("faults", 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Failures(phases[2]), Is.InRange(15, 75), "10 % of 400 are answered with 503");
            Assert.That(Failures(phases[3]), Is.InRange(15, 75), "10 % of 400 are reset");
            Assert.That(new[] { phases[0], phases[1], phases[4], phases[5] }.Select(Failures), Is.All.Zero);
        }
    }

    [Test]
    public async Task Copies_for_a_broken_version_do_not_reach_the_callers()
    {
        var phases = await RunAsync("shadow", 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases.Select(phase => phase["failed"]), Is.All.EqualTo("0 (0.0 %)"));
            Assert.That(phases.Select(phase => phase["v1"]), Is.All.EqualTo("100.0 %"));
            Assert.That(phases[2]["load of the instances"], Is.Not.EqualTo("1.00 ×"));
        }
    }

    [Test]
    public async Task A_flag_moves_its_users_and_nobody_sees_both_versions()
    {
        var phases = await RunAsync("flag-rollout", 2);
        int Users(int phase) => int.Parse(phases[phase]["users of v2"], CultureInfo.InvariantCulture);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases.Select(phase => phase["failed"]), Is.All.EqualTo("0 (0.0 %)"));
            Assert.That(phases.Select(phase => phase["users of both"]), Is.All.EqualTo("0"));

            // The ten of the group, and of the other 90 those whose SHA-256 with the flag's name is below the share.
            Assert.That(Enumerable.Range(0, 6).Select(Users), Is.EqualTo(new[] { 0, 10, 13, 57, 100, 0 }));
        }
    }

    [Test]
    public async Task Posts_with_keys_run_once_while_the_callers_sidecar_is_killed()
    {
        var phases = await RunAsync("idempotent-payments", 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases.Select(phase => phase["failed"]), Is.All.EqualTo("0 (0.0 %)"));
            Assert.That(int.Parse(phases[0]["executed twice"], CultureInfo.InvariantCulture), Is.GreaterThan(0));
            Assert.That(phases[1]["executed twice"], Is.EqualTo("0"));
        }
    }

    [Test]
    public async Task Only_good_tokens_pass_while_keys_rotate_and_after_a_restart_without_the_issuer()
    {
        var phases = await RunAsync("jwt", 2);
        using (Assert.EnterMultipleScope())
        {
            // 400 requests in each phase, 200 of them with a good token. A busy machine answers some too late.
            Assert.That(phases[0]["refused (401)"], Is.EqualTo("0"));
            Assert.That(phases[1..3].Select(Good), Is.All.InRange(180, 200), "no other request passes");
            Assert.That(phases[1..3].Select(Unauthorized), Is.All.InRange(180, 200));
            Assert.That(Good(phases[3]), Is.InRange(50, 200), "with the keys on disk");
            Assert.That(Unauthorized(phases[3]), Is.InRange(50, 200));
        }
    }

    [Test]
    public async Task Rate_limit_passes_its_rate_and_shadow_mode_passes_all()
    {
        var phases = await RunAsync("rate-limit", 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases[..2].Select(phase => phase["refused (429)"]), Is.All.EqualTo("0"));
            Assert.That(Good(phases[2]), Is.InRange(200, 330), "100/s for 3 s, and a burst of 10");
            Assert.That(Good(phases[3]), Is.InRange(100, 170), "half of it");
        }
    }

    [Test]
    public async Task Rate_limit_over_the_mesh_holds_over_three_nodes_with_and_without_Redis()
    {
        var phases = await RunAsync("rate-limit-mesh", 6);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phases[0]["refused (429)"], Is.EqualTo("0"));
            Assert.That(Good(phases[2]), Is.InRange(600, 960), "divided: all nodes together admit 150/s for 6 s");
            Assert.That(Good(phases[3]), Is.InRange(600, 1400), "a busy machine misses the 20 ms at times, and adds a node's share");
            Assert.That(Good(phases[4]), Is.InRange(600, 960), "divided again");
        }
    }

    [TestCase("slow-endpoint")]
    [TestCase("retry-storm")]
    [TestCase("overload")]
    public async Task Scenario_runs_to_its_end(string name) => Assert.That(await RunAsync(name, 1), Is.Not.Empty);

    private static double Share(Dictionary<string, string> phase, string instance) =>
        double.Parse(phase[instance].Split(' ')[0], CultureInfo.InvariantCulture);

    private static int Good(Dictionary<string, string> phase) => int.Parse(phase["good"], CultureInfo.InvariantCulture);

    private static int Unauthorized(Dictionary<string, string> phase) =>
        int.Parse(phase["refused (401)"], CultureInfo.InvariantCulture);

    private static int Failures(Dictionary<string, string> phase) => int.Parse(phase["failed"].Split(' ')[0], CultureInfo.InvariantCulture);

    private static async Task<Dictionary<string, string>[]> RunAsync(string name, int seconds)
    {
        using var run = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(PublishedFile.Root, "topology", name, "run.sh"),
            [
                "--json",
                "--seconds",
                seconds.ToString(CultureInfo.InvariantCulture),
                "--port-base",
                FreePorts.Range(100).ToString(CultureInfo.InvariantCulture),
            ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["MESH_BINARY"] = PublishedFile.Path },
            },
        };
        run.Start();
        var (output, errors) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        Assert.That(run.ExitCode, Is.Zero, await output + await errors);
        return [
            .. (await output)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<Dictionary<string, string>>(line)!)];
    }
}
