"""The names that X knows: fields of posts, users and media, expansions (platform contract, section 5.3)."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POST_FIELDS = _words("""
    article attachments author_id card_uri community_id context_annotations conversation_id created_at
    display_text_range edit_controls edit_history_post_ids edit_history_tweet_ids entities geo id
    in_reply_to_user_id lang matched_media_notes media_metadata non_public_metrics note_post
    note_request_suggestions note_tweet organic_metrics paid_partnership possibly_sensitive
    promoted_metrics public_metrics referenced_posts referenced_tweets reply_settings scopes source
    suggested_source_links suggested_source_links_with_counts text withheld
""")

USER_FIELDS = _words("""
    affiliation confirmed_email connection_status created_at description entities id
    is_identity_verified location most_recent_post_id most_recent_tweet_id name parody pinned_post_id
    pinned_tweet_id profile_banner_url profile_image_url protected public_metrics receives_your_dm
    subscription subscription_type url username verified verified_followers_count verified_type withheld
""")

MEDIA_FIELDS = _words("""
    alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url
    promoted_metrics public_metrics type url variants width
""")

EXPANSIONS = _words("""
    affiliation.user_id article.cover_media article.media_entities attachments.media_keys
    attachments.media_source_tweet attachments.poll_ids author_id author_screen_name
    edit_history_post_ids edit_history_tweet_ids entities.mentions.username
    entities.note.mentions.username geo.place_id in_reply_to_user_id most_recent_post_id
    most_recent_tweet_id pinned_post_id pinned_tweet_id referenced_posts.id
    referenced_posts.id.attachments.media_keys referenced_posts.id.author_id referenced_tweets.id
    referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id
""")

# Section 5.4: what `POST /2/media/metadata` may say about a medium.
METADATA = _words("""
    allow_download_status alt_text audience_policy content_expiration domain_restrictions
    found_media_origin geo_restrictions management_info preview_image sensitive_media_warning
    shared_info sticker_info upload_source
""")

VALUES = {"tweet.fields": POST_FIELDS, "post.fields": POST_FIELDS, "user.fields": USER_FIELDS,
          "media.fields": MEDIA_FIELDS, "expansions": EXPANSIONS}  # fmt: skip
