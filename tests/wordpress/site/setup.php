<?php
// Installs the site and its users, and prints their application passwords as JSON.
// Called as: php setup.php <folder of the site> <JSON object: login => [role, display name]>
define( 'WP_INSTALLING', true );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

// WordPress would send the new owner a mail.
function wp_new_blog_notification( ...$ignored ) {}

wp_install( 'KPU Kota Bengkulu', 'pengelola', 'pengelola@contoh.invalid', true, '', wp_generate_password() );
update_option( 'blogdescription', 'Situs latihan Komisi Pemilihan Umum Kota Bengkulu' );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'timezone_string', 'Asia/Jakarta' );
wp_update_term( 1, 'category', array( 'name' => 'Berita', 'slug' => 'berita' ) );
// The greeting and the sample pages that a new site brings.
foreach ( array( 1, 2, 3 ) as $sample ) {
	wp_delete_post( $sample, true );
}
$GLOBALS['wp_rewrite']->init();
flush_rewrite_rules( false );

$passwords = array();
foreach ( json_decode( $argv[2], true ) as $login => list( $role, $name ) ) {
	$id = wp_insert_user(
		array(
			'user_login'   => $login,
			'user_email'   => "$login@contoh.invalid",
			'user_pass'    => wp_generate_password(),
			'display_name' => $name,
			'role'         => $role,
		)
	);
	list( $passwords[ $login ] ) = WP_Application_Passwords::create_new_application_password( $id, array( 'name' => 'uji' ) );
}
echo wp_json_encode( $passwords );
