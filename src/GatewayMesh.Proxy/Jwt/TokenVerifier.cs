using System.Collections.Concurrent;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.Jwt;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Verifies tokens:
/// <code>
/// token ─► hash ─► kept? ─► issuer, audience, time ─► claims                        on the loop, without a signature
///                   └─no─► parts ─► key (fetched, at most 0.5 s) ─► signature ─► kept   on a pool thread, once for equal tokens
/// </code>
/// A signature takes longer than a loop may be held, and a client chooses how many arrive. So tokens are read and verified on the thread
/// pool, as many at once as the machine has processors.
/// </summary>
/// <param name="sources">Keys.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenVerifier(JwksRegistry sources, TimeProvider time) : IDisposable
{
    /// <summary>Longest token: 16 Ki characters.</summary>
    public const int MaxCharacters = 16_384;

    /// <summary>Most verifications that run or wait; further tokens are refused.</summary>
    public const int MaxPending = 1024;

    /// <summary>Longest wait for an unknown key: 500 ms.</summary>
    public static readonly TimeSpan KeyWait = TimeSpan.FromMilliseconds(500);

    private readonly TokenCache _cache = new();
    private readonly ConcurrentDictionary<(TokenKey Key, ImmutableArray<JwtIssuerModel> Issuers), Task<TokenResult>> _running = [];
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);
    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = 4 * MaxCharacters };
    private long _signatures;

    /// <summary>Kept tokens.</summary>
    public TokenCache Cache => _cache;

    /// <summary>Number of signatures verified since the start, good or bad.</summary>
    public long Signatures => Interlocked.Read(ref _signatures);

    /// <summary>Returns the result for a token that is kept or needs no signature; null if a signature must be verified.</summary>
    /// <param name="token">The token.</param>
    /// <param name="issuers">Accepted issuers.</param>
    public TokenResult? Check(ReadOnlySpan<char> token, ImmutableArray<JwtIssuerModel> issuers)
    {
        if (token.Length > MaxCharacters)
        {
            return TokenResult.Refuse(TokenFault.TooLarge);
        }

        var key = TokenKey.Of(token);
        return _cache.Find(key) is { } kept && Accept(kept, issuers) is { } result ? result : null;
    }

    /// <summary>
    /// Verifies the signature on the thread pool; null if too many are pending. Equal tokens share one verification. The task does not
    /// fail.
    /// </summary>
    public Task<TokenResult>? VerifyAsync(string token, ImmutableArray<JwtIssuerModel> issuers)
    {
        var key = (TokenKey.Of(token), issuers);
        if (_running.TryGetValue(key, out var running))
        {
            return running;
        }

        if (_running.Count >= MaxPending)
        {
            return null;
        }

        var completion = new TaskCompletionSource<TokenResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        running = _running.GetOrAdd(key, completion.Task);
        if (running == completion.Task)
        {
            _ = Task.Run(() => RunAsync(key, token, completion));
        }

        return running;
    }

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();

    private async Task RunAsync(
        (TokenKey Key, ImmutableArray<JwtIssuerModel> Issuers) key, string token, TaskCompletionSource<TokenResult> completion)
    {
        var result = TokenResult.Refuse(TokenFault.Signature);
        try
        {
            result = await ResultOfAsync(key.Key, token, key.Issuers).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(key, out _);
            completion.SetResult(result);
        }
    }

    private async Task<TokenResult> ResultOfAsync(TokenKey key, string token, ImmutableArray<JwtIssuerModel> issuers)
    {
        if (await ReadAsync(token).ConfigureAwait(false) is not { } parts)
        {
            return TokenResult.Refuse(TokenFault.Malformed);
        }

        if (!JwtAlgorithms.All.Contains(parts.Algorithm))
        {
            return TokenResult.Refuse(TokenFault.Algorithm); // none, HS256, …
        }

        var fault = TokenFault.Issuer;
        var isUncertain = false;
        foreach (var issuer in issuers)
        {
            if (issuer.Issuer.Length > 0 && !parts.Claims.Is("iss", issuer.Issuer))
            {
                continue;
            }

            if (!issuer.Algorithms.Contains(parts.Algorithm))
            {
                fault = TokenFault.Algorithm;
                continue;
            }

            // Claims first: an expired token must cost neither a key nor a signature.
            fault = ClaimFault(parts.Claims, issuer) ?? await SignatureFaultAsync(key, token, parts, issuer).ConfigureAwait(false);
            if (fault is null)
            {
                return new TokenResult(parts.Claims, null, issuer);
            }

            isUncertain |= fault == TokenFault.NoKeys;
        }

        return TokenResult.Refuse(isUncertain ? TokenFault.NoKeys : fault);
    }

    // Reading takes as long as some signatures, and needs no valid one, so it counts like them.
    private async Task<TokenParts?> ReadAsync(string token)
    {
        await _processors.WaitAsync().ConfigureAwait(false);
        try
        {
            return TokenParts.Read(token);
        }
        finally
        {
            _processors.Release();
        }
    }

    private async Task<string?> SignatureFaultAsync(TokenKey key, string token, TokenParts parts, JwtIssuerModel issuer)
    {
        var source = sources.Find(issuer.Jwks);
        var keys = source.Keys?.Find(parts.KeyId, parts.Algorithm) ?? [];
        if (keys.IsEmpty)
        {
            var isCurrent = await source.SeekAsync(KeyWait).ConfigureAwait(false);
            keys = source.Keys?.Find(parts.KeyId, parts.Algorithm) ?? [];
            if (keys.IsEmpty && !isCurrent)
            {
                return TokenFault.NoKeys;
            }
        }

        foreach (var each in keys)
        {
            await _processors.WaitAsync().ConfigureAwait(false);
            try
            {
                if (await IsSignedAsync(token, parts.Algorithm, each).ConfigureAwait(false))
                {
                    _cache.Add(key, new VerifiedToken(parts.Claims, each, token.Length));
                    return null;
                }
            }
            finally
            {
                _processors.Release();
            }
        }

        return keys.IsEmpty ? TokenFault.Key : TokenFault.Signature;
    }

    private async Task<bool> IsSignedAsync(string token, string algorithm, Jwk key)
    {
        Interlocked.Increment(ref _signatures);
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [algorithm],
            IssuerSigningKey = key.Key,
            CryptoProviderFactory = EdDsaProvider.Factory,
            RequireSignedTokens = true,
            TryAllIssuerSigningKeys = true,
            ValidateIssuer = false, // these are compared here, also for kept tokens
            ValidateAudience = false,
            ValidateLifetime = false,
            LogValidationExceptions = false,
        }).ConfigureAwait(false);
        return result.IsValid;
    }

    // The first issuer that accepts the token decides; null if none has the key any more, so that the signature must be verified again.
    private TokenResult? Accept(VerifiedToken token, ImmutableArray<JwtIssuerModel> issuers)
    {
        string? fault = null;
        var claims = token.Claims;
        foreach (var issuer in issuers)
        {
            if ((issuer.Issuer.Length > 0 && !claims.Is("iss", issuer.Issuer))
                || !issuer.Algorithms.Contains(token.Key.Algorithm)
                || sources.Find(issuer.Jwks).Keys?.Holds(token.Key) != true)
            {
                continue;
            }

            fault = ClaimFault(claims, issuer);
            if (fault is null)
            {
                return new TokenResult(claims, null, issuer);
            }
        }

        return fault is null ? null : TokenResult.Refuse(fault);
    }

    private string? ClaimFault(VerifiedClaims claims, JwtIssuerModel issuer)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var skew = issuer.ClockSkew.TotalSeconds;
        if (claims.Seconds("exp") is not { } expiry)
        {
            return TokenFault.Expiry;
        }

        if (now >= expiry + skew)
        {
            return TokenFault.Expired;
        }

        if (claims.Contains("nbf") && !(claims.Seconds("nbf") <= now + skew))
        {
            return TokenFault.Early;
        }

        if (issuer.Audiences.IsEmpty)
        {
            return null;
        }

        foreach (var audience in issuer.Audiences)
        {
            if (claims.Has(["aud"], audience))
            {
                return null;
            }
        }

        return TokenFault.Audience;
    }
}
