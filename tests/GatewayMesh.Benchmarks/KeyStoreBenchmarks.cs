using System.Globalization;
using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy.Idempotency;

namespace GatewayMesh.Benchmarks;

/// <summary>
/// The embedded store of idempotency keys: a claim and an outcome with a response of 300 bytes for each key, by one request after the
/// other, and by many at a time. On one core with <c>taskset -c 0</c>.
/// </summary>
[MemoryDiagnoser]
public class KeyStoreBenchmarks : IDisposable
{
    private const int Keys = 10_000;

    private static readonly Fingerprint Print = new(Digest.OfKey("a", "b", "c"), 6, IsWhole: true);
    private readonly byte[] _answer = new byte[300];
    private string _folder = "";
    private EmbeddedKeyStore? _store;
    private int _next;

    /// <summary>Requests at a time.</summary>
    [Params(1, 16, 64)]
    public int AtATime { get; set; }

    /// <summary>Opens a store.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-bench-").FullName;
        _store = new EmbeddedKeyStore(
            Path.Combine(_folder, "payments"), new IdempotencyModel { Enabled = true }, TimeProvider.System, _ => { });
    }

    /// <summary>Keys that nobody has used before.</summary>
    [Benchmark(OperationsPerInvoke = Keys)]
    public Task NewKeys() => Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => RunAsync(Keys / AtATime)));

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        if (_store is not null)
        {
            _store.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    private async Task RunAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var key = Digest.OfKey("web", "payments", Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture));
            var claim = await _store!.ClaimAsync(key).ConfigureAwait(false);
            if (claim.State != KeyState.Claimed || !await _store.SettleAsync(key, KeyState.Answered, Print, _answer).ConfigureAwait(false))
            {
                throw new InvalidOperationException("the store does not work");
            }
        }
    }
}
