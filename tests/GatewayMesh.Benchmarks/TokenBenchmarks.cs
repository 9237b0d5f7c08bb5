using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace GatewayMesh.Benchmarks;

/// <summary>Cost of a token for a request: kept, and with its signature.</summary>
[MemoryDiagnoser]
public class TokenBenchmarks : IDisposable
{
    private readonly MeshMetrics _metrics = new();
    private JwksRegistry _sources = null!;
    private TokenVerifier _verifier = null!;
    private JwtModel _model = null!;
    private readonly FieldTable _fields = new();
    private string _token = "";

    /// <summary>Creates a key and a token.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportParameters(false);
        var keys = $$"""
            {"keys":[{"kty":"RSA","kid":"1","n":"{{Base64Url.EncodeToString(key.Modulus)}}","e":"{{Base64Url.EncodeToString(key.Exponent)}}"}]}
            """;
        _model = new JwtModel { Issuers = [new JwtIssuerModel { Issuer = "i", Audiences = ["a"], Jwks = new JwksModel { Inline = keys } }] };
        var input = $"{Text("""{"alg":"RS256","kid":"1"}""")}.{Text("""{"iss":"i","aud":"a","sub":"alice","exp":99999999999}""")}";
        var signature = rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _token = $"{input}.{Base64Url.EncodeToString(signature)}";
        _sources = new JwksRegistry(_metrics, NullLogger.Instance, TimeProvider.System, () => 0.5, () => ReachRules.Unbounded);
        _verifier = new TokenVerifier(_sources, TimeProvider.System);
        _fields.Add("Host", "payments");
        _fields.Add("Authorization", "Bearer " + _token);
        _ = _verifier.VerifyAsync(_token, _model.Issuers)!.GetAwaiter().GetResult();
    }

    /// <summary>Finding the token of a request in <c>Authorization</c>.</summary>
    [Benchmark]
    public bool Find() => TokenFinder.TryFind(_fields, "/orders/17", TokenLocation.Default.AsSpan(), out var token) && !token.IsEmpty;

    /// <summary>A kept token: hash, issuer, audience, time.</summary>
    [Benchmark]
    public bool Kept() => _verifier.Check(_token, _model.Issuers) is { Claims: not null };

    /// <summary>A new token: signature on the thread pool.</summary>
    [Benchmark]
    public Task Signature() => _verifier.VerifyAsync(_token, _model.Issuers)!;

    /// <summary>Ends the sources.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _verifier.Dispose();
        _sources.Dispose();
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Text(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
