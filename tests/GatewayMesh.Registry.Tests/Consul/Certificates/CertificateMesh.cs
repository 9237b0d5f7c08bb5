using System.Collections.Concurrent;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Consul.Watching;
using GatewayMesh.Registry.Tests.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Consul.Certificates;

/// <summary>A node with its folder that gets its certificates from real agents.</summary>
internal sealed class CertificateMesh : IAsyncDisposable
{
    // Reached only by a failing test.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _directory = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _reported = new();
    private readonly ConsulRegistry _registry;
    private readonly BootstrapSpec _bootstrap;
    private readonly Task _run;

    private CertificateMesh(BootstrapSpec bootstrap, WatchTimes times, TimeProvider time)
    {
        _bootstrap = bootstrap;
        Folder = new CertificateFolder(_directory["certificates"], TimeProvider.System);
        Troubles.Changed += (subject, reason) => _reported.Enqueue(reason is null ? $"{subject} ended" : $"{subject} began");
        _registry = new ConsulRegistry(bootstrap, times, time);
        _run = _registry.RunCertificatesAsync(Folder, Troubles, _stop.Token);
    }

    public CertificateFolder Folder { get; }

    public CertificateTroubles Troubles { get; } = new();

    /// <summary>Starts and ends of failures, in order.</summary>
    public IEnumerable<string> Reported => _reported;

    /// <summary>A sidecar with these services.</summary>
    public static CertificateMesh Open(
        string registry, string[] services, WatchTimes? times = null, string token = "", TimeProvider? time = null) =>
        new(Sidecar(registry, services, token), times ?? ConsulMesh.Quick, time ?? TimeProvider.System);

    /// <summary>A node of another role.</summary>
    public static CertificateMesh Open(BootstrapSpec bootstrap) => new(bootstrap, ConsulMesh.Quick, TimeProvider.System);

    public static RegistrySpec RegistryOf(string registry, string token = "") =>
        new("consul", registry)
        {
            Agents = [.. registry["consul://".Length..].Split(',').Select(agent => new Uri($"http://{agent}"))],
            Token = token,
        };

    /// <summary>Reloads the bootstrap with these services.</summary>
    public void Reconfigure(params string[] services) => _registry.Reconfigure(_bootstrap with { Sidecar = Of(services) });

    /// <summary>Waits for a leaf of a service (other than <paramref name="instead"/>) and returns the leaf.</summary>
    public async Task<LeafCertificate> LeafAsync(string service, LeafCertificate? instead = null)
    {
        await HoldsAsync(
            () => Folder.Leaf(service) is { } leaf && leaf.Fingerprint != instead?.Fingerprint, $"there is a leaf for {service}");
        return Folder.Leaf(service)!;
    }

    /// <summary>Waits for a condition.</summary>
    public async Task HoldsAsync(Func<bool> holds, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.That(
                TimeProvider.System.GetElapsedTime(began),
                Is.LessThan(Deadline),
                $"timed out: {what}; troubles: "
                    + $"{string.Join("; ", Troubles.Current.Select(trouble => $"{trouble.Key}: {trouble.Value}"))}; folder: "
                        + $"{string.Join("; ", Folder.Errors.Values)}");
            await Task.Delay(5);
        }
    }

    /// <summary>The verdict of a peer that trusts <paramref name="trust"/> on a leaf with its intermediates.</summary>
    public static PeerVerdict Verify(LeafCertificate leaf, TrustBundle trust) =>
        PeerVerifier.Verify(
            leaf.Certificate, [.. leaf.Context.IntermediateCertificates], trust, PeerUsage.Server, TimeProvider.System.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        await _registry.DisposeAsync();
        Folder.Dispose();
        _directory.Dispose();
        _stop.Dispose();
    }

    private static BootstrapSpec Sidecar(string registry, string[] services, string token) =>
        new() { Role = MeshRole.Sidecar, Node = "host-a", Registry = RegistryOf(registry, token), Sidecar = Of(services) };

    private static SidecarSpec Of(IEnumerable<string> services) =>
        new() { Services = [.. services.Select(name => new LocalServiceSpec { Name = name, Id = $"{name}-1", Port = 1 })] };
}
