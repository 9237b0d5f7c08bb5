namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Verified tokens by their hash, so that a repeated token costs no signature, also after its expiry. Bounded in number and size; the least
/// recently used go first. Used by all loops.
/// </summary>
internal sealed class TokenCache
{
    /// <summary>Most tokens: 10,000.</summary>
    public const int MaxTokens = 10_000;

    /// <summary>Most characters of all kept tokens: 16 Mi.</summary>
    public const long MaxCharacters = 16L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<TokenKey, LinkedListNode<(TokenKey Key, VerifiedToken Token)>> _tokens = [];
    private readonly LinkedList<(TokenKey Key, VerifiedToken Token)> _byUse = new();
    private long _characters;

    /// <summary>Number of tokens.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _tokens.Count;
            }
        }
    }

    /// <summary>Returns a verified token; null if it is not kept.</summary>
    public VerifiedToken? Find(in TokenKey key)
    {
        lock (_lock)
        {
            if (!_tokens.TryGetValue(key, out var node))
            {
                return null;
            }

            if (node.Next is not null)
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
            }

            return node.Value.Token;
        }
    }

    /// <summary>Keeps a verified token.</summary>
    public void Add(in TokenKey key, VerifiedToken token)
    {
        lock (_lock)
        {
            Drop(key);
            _tokens[key] = _byUse.AddLast((key, token));
            _characters += token.Length;
            while (_tokens.Count > MaxTokens || _characters > MaxCharacters)
            {
                Drop(_byUse.First!.Value.Key);
            }
        }
    }

    private void Drop(TokenKey key)
    {
        if (_tokens.Remove(key, out var node))
        {
            _byUse.Remove(node);
            _characters -= node.Value.Token.Length;
        }
    }
}
