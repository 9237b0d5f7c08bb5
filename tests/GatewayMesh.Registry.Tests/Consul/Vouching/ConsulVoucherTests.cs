using System.Collections.Concurrent;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Consul.Vouching;
using GatewayMesh.Registry.Tests.Consul.Agents;
using GatewayMesh.Registry.Tests.Consul.Registration;
using ConsulAgent = GatewayMesh.Fixtures.ConsulAgent;

namespace GatewayMesh.Registry.Tests.Consul.Vouching;

/// <summary>The guard's reports to a real agent.</summary>
internal sealed class ConsulVoucherTests
{
    private const string Live = "/v1/health/checks/web-sidecar-proxy?filter=CheckID%20matches%20%22live%22";

    private readonly ConcurrentQueue<string> _reports = new();
    private ConsulAgent _consul = null!;
    private BootstrapSpec _bootstrap = null!;

    [SetUp]
    public async Task Start()
    {
        _reports.Clear();
        _consul = await ConsulAgent.StartAsync();
        _bootstrap = At(new Uri($"http://{_consul.Address}"));
    }

    [TearDown]
    public async Task Stop() => await _consul.DisposeAsync();

    [Test]
    public async Task Losing_and_getting_the_lease_is_reported_at_once()
    {
        await RegisterAsync();
        using var voucher = Open(_bootstrap);
        await UntilAsync(
            async () => (await _consul.GetAsync(Live)).Contains(
                "\"Output\": \"no worker of host-a holds the lease\"", StringComparison.Ordinal));
        for (var i = 0; i < 20; i++)
        {
            voucher.Report(serves: true, standIn: null);
            await UntilAsync(async () => (await _consul.GetAsync(Live)).Contains("\"Status\": \"passing\"", StringComparison.Ordinal));
            voucher.Report(serves: false, standIn: null);
            await UntilAsync(async () => (await _consul.GetAsync(Live)).Contains("\"Status\": \"critical\"", StringComparison.Ordinal));
        }
    }

    [Test]
    public async Task A_check_with_updates_outlives_its_ttl()
    {
        await RegisterAsync();
        using var voucher = Open(_bootstrap, serves: true);
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < DeclaredServices.Ttl + TimeSpan.FromSeconds(1))
        {
            Assert.That(await _consul.GetAsync(Live), Does.Contain("\"Status\": \"passing\""));
            await Task.Delay(100);
        }
    }

    [Test]
    public async Task The_guard_keeps_the_record_while_no_worker_serves_and_releases_it_afterwards()
    {
        using var voucher = Open(_bootstrap);
        voucher.Report(serves: false, Bootstraps.Record(_bootstrap) with { Tier = "gateway" });
        await UntilAsync(async () => await RecordAsync() is { } record && record.Contains("tier: \"gateway\"", StringComparison.Ordinal));
        Assert.That(await _consul.GetAsync("/v1/session/list"), Does.Contain("\"TTL\": \"15s\""));

        await RegisterAsync();
        voucher.Report(serves: true, standIn: null);
        await UntilAsync(
            async () => !(await _consul.GetAsync("/v1/kv/gatewaymesh/nodes/host-a")).Contains("Session", StringComparison.Ordinal));
        Assert.That(await RecordAsync(), Is.Not.Null, "released, not deleted");
    }

    [Test]
    public async Task A_node_that_leaves_without_a_worker_is_removed_completely()
    {
        await RegisterAsync();
        var voucher = Open(_bootstrap);
        voucher.Leave(leave: true);
        voucher.Dispose();
        Assert.That((await _consul.GetAsync("/v1/agent/services")).Trim(), Is.EqualTo("{}"));
        Assert.That(await RecordAsync(), Is.Null);
    }

    [Test]
    public async Task A_silent_agent_is_reported_once_and_so_is_its_return()
    {
        using var voucher = Open(_bootstrap);
        await _consul.KillAsync();
        await UntilAsync(() =>
        {
            voucher.Report(serves: true, standIn: null);
            return Task.FromResult(!_reports.IsEmpty);
        });
        for (var i = 0; i < 10; i++)
        {
            voucher.Report(serves: true, standIn: null);
            await Task.Delay(20);
        }

        await _consul.StartAgainAsync();
        await RegisterAsync();
        await UntilAsync(async () =>
        {
            voucher.Report(serves: true, standIn: null);
            return _reports.Count > 1 && (await _consul.GetAsync(Live)).Contains("\"Status\": \"passing\"", StringComparison.Ordinal);
        });
        Assert.That(_reports, Is.EqualTo(new[] { "registry-silent", "registry-answers" }));
    }

    [Test]
    public async Task A_hung_agent_delays_neither_the_guard_nor_its_shutdown()
    {
        using var hung = new StandInAgent { Answer = _ => null };
        var voucher = Open(At(hung.Address));
        await UntilAsync(() => Task.FromResult(hung.Requests.Any()));
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 1000; i++)
        {
            voucher.Report(serves: i % 2 == 0, standIn: null);
        }

        voucher.Dispose();
        Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That(hung.Requests.Count(), Is.LessThan(20), "updates are not repeated in a loop");
    }

    [TestCase("HTTP/1.1 200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntrue\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")]
    [TestCase("SSH-2.0\r\n\r\n")]
    public async Task An_agent_with_invalid_answers_is_retried(string bytes)
    {
        using var odd = new StandInAgent { Answer = _ => System.Text.Encoding.ASCII.GetBytes(bytes) };
        using var voucher = Open(At(odd.Address));
        await UntilAsync(() =>
        {
            voucher.Report(serves: true, standIn: null);
            return Task.FromResult(odd.Requests.Count() >= 5);
        });
    }

    private static BootstrapSpec At(Uri agent) =>
        Bootstraps.Sidecar() with { Registry = new RegistrySpec("consul", agent.Authority) { Agents = [agent] } };

    private ConsulVoucher Open(BootstrapSpec bootstrap, bool serves = false)
    {
        var voucher = new ConsulVoucher(bootstrap, TimeProvider.System, (happened, _) => _reports.Enqueue(happened));
        voucher.Report(serves, standIn: null);
        voucher.Start();
        return voucher;
    }

    private async Task RegisterAsync()
    {
        using var agents = new ConsulAgents(ConsulAccess.Of(_bootstrap.Registry!), TimeProvider.System);
        await using var registration = new ConsulRegistration(agents, _bootstrap, TimeProvider.System);
        await registration.PublishAsync(Bootstraps.Record(_bootstrap), default);
    }

    private async Task<string?> RecordAsync()
    {
        using var answer = await _consul.Client.GetAsync(new Uri("/v1/kv/gatewaymesh/nodes/host-a?raw", UriKind.Relative));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(60)), "timed out");
            await Task.Delay(5);
        }
    }
}
